# what: a thread and a finaliser write answers after the cell
# world: colab
# %%
import atexit, os, threading, time


def late():
    while True:
        for name in os.listdir("/io"):
            if name.endswith("request.json"):
                try:
                    open("/io/" + name.replace("request", "reply2"), "w").write("{}")
                except OSError:
                    pass
        time.sleep(0.01)


threading.Thread(target=late, daemon=True).start()


class Last:
    def __del__(self):
        late()


kept = Last()
atexit.register(late)
