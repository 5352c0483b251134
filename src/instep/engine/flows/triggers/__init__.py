"""What starts runs: polls, schedules, postings to a flow's own address."""
