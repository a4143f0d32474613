"""Study: lay out the study's folder, and write down what each stage runs, so that DVC sees when that changed."""

from pipeline.core import atomic_files, contracts, fingerprint, stage_runner


def main() -> None:
    """Lay out the study that params.yaml names, before any stage asks DVC for a file that is optional."""
    with stage_runner.opened("study") as params:
        for stage in contracts.STAGES[1:]:
            file = params.folder / stage.program
            file.parent.mkdir(parents=True, exist_ok=True)
            atomic_files.write(file, fingerprint.text(stage.name))


if __name__ == "__main__":
    main()
