# what: answers with nothing but NaN
# rows: 20
# world: colab
# %%
class MyConv2d(MyConv2d):
    def forward(self, x):
        return super().forward(x) * float("nan")
