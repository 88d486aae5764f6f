# what: plants code where the next kernel might load it from
# rows: 45
# alone: yes
# twice: yes
# %%
import os, site, sys, glob

home = os.path.expanduser("~")
code = "print('ESCAPED: planted code ran')\n"
places = [
    f"{home}/.ipython/profile_default/startup/00.py",
    f"{home}/.config/matplotlib/matplotlibrc",
    f"{home}/.local/lib/python3/site-packages/usercustomize.py",
    "/content/sitecustomize.py",
    "/content/ipykernel.py",
    "/content/usercustomize.py",
    f"{site.getsitepackages()[0]}/sitecustomize.py",
]
for path in places:
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "w").write(code)
    except OSError:
        pass
# %%
x = 1
