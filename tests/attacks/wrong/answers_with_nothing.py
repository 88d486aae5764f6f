# what: answers with an empty answer
# rows: 20
# world: colab
# %%
class MyConv2d(MyConv2d):
    def forward(self, x):
        return x[:0]
