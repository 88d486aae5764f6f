# what: replaces the kernel's execution: always ok, never done
# rows: 8
# world: colab
# %%
from ipykernel.ipkernel import IPythonKernel


async def ok(self, *a, **k):
    return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}


IPythonKernel.do_execute = ok
