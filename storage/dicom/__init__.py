"""Read a DICOM file from a stranger without trusting a byte of it.

`limited.read` is the way in. It starts `python -m storage.dicom.child`, a process that has little memory, ten
seconds of CPU, no environment, no database and no file it may write. The child walks the structure first
(`walk`, without recursion, memory independent of the file's size), lets pydicom see only the header that
passed (`header`), and draws a small preview (`preview`). What it prints is checked again by its parent.

The service's own processes import `limited`, `limits`, `reasons` and `dates`; all else runs in the child.
"""
