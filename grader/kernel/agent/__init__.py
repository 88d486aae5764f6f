"""What of ours runs inside the student's kernel: it answers requests with values.

It imports only the standard library, torch and safetensors, and it judges nothing: whatever it
says is a claim, weighed outside. The reference answers the same requests through the same code.
"""
