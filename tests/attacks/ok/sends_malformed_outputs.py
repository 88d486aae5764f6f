# what: sends outputs of every wrong type
# rows: 10
# %%
kernel = get_ipython().kernel


def send(kind, content, parent=None, raw=None):
    session, parent = kernel.session, parent or kernel.get_parent()
    message = session.msg(kind, content=content, parent=parent)
    message.update(raw or {})
    kernel.session.send(kernel.iopub_socket, message, ident=b"x")


for content in (
    None,
    [],
    5,
    "text",
    {},
    {"name": 3, "text": []},
    {"data": 5},
    {"data": {"text/plain": {"a": 1}}},
    {"data": {"image/png": 7, "text/html": ["a", 5]}, "metadata": 9},
    {"ename": 1, "evalue": [], "traceback": 4},
    {"execution_state": []},
    {"comm_id": 4},
    {"wait": "no"},
    {"transient": 5},
    {"transient": {"display_id": []}},
    {"data": {"text/plain": "x"}, "transient": {"display_id": "never shown"}},
    {"execution_count": "many", "data": {}, "metadata": {}},
):
    for kind in (
        "stream",
        "display_data",
        "update_display_data",
        "execute_result",
        "error",
        "status",
        "clear_output",
        "comm_open",
        "comm_msg",
        "comm_close",
        "execute_input",
        "debug_event",
        "input_request",
        "shutdown_reply",
        "x",
    ):
        send(kind, content)
for raw in (
    {"header": []},
    {"parent_header": 5},
    {"metadata": []},
    {"header": {"msg_type": 5, "msg_id": []}},
):
    try:
        send("stream", {"name": "stdout", "text": "x"}, raw=raw)
    except Exception:
        pass
kernel.iopub_socket.send_multipart([b"stream", b"<IDS|MSG>"])
kernel.iopub_socket.send_multipart([b"<IDS|MSG>"] * 5)
kernel.iopub_socket.send_multipart(
    [b"x", b"<IDS|MSG>", b"", b"{", b"[" * 100_000, b"NaN", b"\xff\xfe"]
)
