# what: answers with one number, to be broadcast
# rows: 20
# world: colab
# %%
class MyConv2d(MyConv2d):
    def forward(self, x):
        return super().forward(x).mean().reshape(1)
