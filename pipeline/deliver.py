"""After the report: what people may write in is put beside the page, where DVC never puts a copy of its own.

The report stage does so itself when it runs; this one does where DVC took its files from the cache of past runs.
"""

from pipeline.core import edited_outputs, stage_runner


def main() -> None:
    """Deliver the files of the study that params.yaml names; say which were changed and are kept."""
    with stage_runner.opened("deliver") as params:
        for line in edited_outputs.kept_messages(edited_outputs.deliver(params.places)):
            print(line)


if __name__ == "__main__":
    main()
