"""The tests mirror server/, bot/ and scripts/; CONTRIBUTING.md says what belongs where."""
