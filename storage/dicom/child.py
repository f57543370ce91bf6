"""The process that touches a stranger's file: `python -m storage.dicom.child SIZE <file >answer`.

It binds itself before it imports anything that parses, says `ready`, and only then reads.
"""

import resource
import sys
import warnings

from storage.dicom import limits


def bind() -> None:
    """Give up memory, CPU, files and core dumps (a dump would put the patient's file on the disk)."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY_BYTES, limits.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CPU_SECONDS, limits.CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    bind()
    from storage.dicom.parser import encode, parse  # noqa: PLC0415 - only within the limits

    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    out = sys.stdout.buffer
    out.write(encode({"ready": True}))
    out.flush()
    for message in parse(sys.stdin.buffer, int(sys.argv[1])):
        out.write(encode(message))
        out.flush()


if __name__ == "__main__":
    main()
