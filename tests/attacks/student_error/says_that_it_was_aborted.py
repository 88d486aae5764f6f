# what: answers that the cell was never run
# rows: 10
# alone: yes
# %%
from ipykernel.ipkernel import IPythonKernel


async def aborted(self, *a, **k):
    return {"status": "aborted", "execution_count": 1}


IPythonKernel.do_execute = aborted
# %%
print("never run")
