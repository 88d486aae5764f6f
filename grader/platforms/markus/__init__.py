"""MarkUs: its class lists come in, results go out, by file, by REST or by a tester of its own."""
