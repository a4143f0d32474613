"""What each place says of a theme in each state: a table to read, and the rule that tests/test_states.py tries.

A row is a part that a theme plays in tests/states_study.py (see PARTS there); its state is in STATE. A cell is what the
place says of it, with {label}, {id} and the like filled in; None: the place does not name it. The study stands after
decisions of every kind by two people, a new interview and another number of themes.
"""

STATE = {
    "accepted": "accepted",
    "renamed": "accepted",
    "took": "accepted",
    "merged": "merged",
    "split": "accepted",
    "part": "accepted",
    "rejected": "rejected",
    "open": "open",
    "undone": "candidate",
    "empty": "empty",
    "contested": "accepted",
}

# Who made it what it is, and when: what every question about it says.
SETTLED = {
    "accepted": "accepted by Asha on 2026-01-06",
    "renamed": "renamed by Ben on 2026-01-07",
    "took": "merged with others by Asha on 2026-01-08",
    "merged": "merged into another by Asha on 2026-01-08",
    "split": "split by Ben on 2026-01-09",
    "part": "split off by Ben on 2026-01-09",
    "rejected": "rejected by Asha on 2026-01-10",
    "open": "given an exemplar by Ben on 2026-01-12",
    "undone": "",
    "empty": "accepted by Asha on 2026-01-14",
    "contested": "accepted by Ben on 2026-02-01",
}

# A theme on the page: its heading, what it is for people, and who decided what.
CARD = {
    "accepted": "{label} … Accepted by people. … On 2026-01-06 Asha accepted it: It came up everywhere.",
    "renamed": "Counting … Accepted by people. … On 2026-01-07 Ben named it “Counting”.",
    "took": "{label} … Accepted by people. … Asha merged “{merged}” into it: The same complaint.",
    "merged": None,
    "split": "{label} … Accepted by people. … Ben split 6 passages off it as “Alarms”.",
    "part": "Alarms … Accepted by people. … Ben split 6 passages off “{split}” as “Alarms”.",
    "rejected": None,
    "open": "{label} … In progress: neither accepted nor rejected. … Ben wrote a memo on it: Is this one? … pinned 1 passage",
    "undone": "{label}",
    "empty": None,
    "contested": "{label} … Accepted by people. … On 2026-02-01 Ben accepted it.",
}

# The list of all themes beside it, with those that are not shown.
LISTED = {
    "accepted": "{label}, accepted",
    "renamed": "Counting, accepted",
    "took": "{label}, accepted",
    "merged": "“{label}” ({id}) was {settled} and is now part of “{took}” ({took_id}).",
    "split": "{label}, accepted",
    "part": "Alarms, accepted",
    "rejected": "“{label}” ({id}) was {settled}: its {size} belong to no theme.",
    "open": "{label}, in progress",
    "undone": "{label}, candidate",
    "empty": "“{label}” ({id}) was {settled} and has no passages left.",
    "contested": "{label}, accepted",
}

# The questions under decisions, on the page and in `counterpoint status`.
ASKED = {
    "accepted": "{new} joined “{label}” ({id}, {settled}): do they fit it?",
    "renamed": "{new} joined “Counting” ({id}, {settled}): do they fit it?",
    "took": "{new} joined “{label}” ({id}, {settled}): do they fit it?",
    "merged": None,
    "split": None,
    "part": None,
    "rejected": "{new} belong to “{label}” ({id}, {settled}) and are in no theme for that reason: is that "
    "right for them too? If so, reject the theme again.",
    "open": None,
    "undone": None,
    "empty": "“{label}” ({id}, {settled}) has no passages left: all were moved or merged into other themes.",
    "contested": "2 passages assigned to “{label}” ({id}, {settled}) had been assigned to another theme by an earlier",
}

# The trail, on the page: what was done, and where the segments are now that it rested on.
TRAIL = {
    "accepted": "Asha accepted “{label}”. … It came up everywhere. … All of them are still in the theme.",
    "renamed": "Ben renamed “{first}” to “Counting”. … All of them are still in the theme.",
    "took": "Asha merged “{merged}” into “{label}”. … All of them are still in the theme.",
    "merged": "Asha merged “{label}” into “{took}”.",
    "split": "Ben split 6 passages off “{label}” as “Alarms”. … Of these, 19 are still in the theme; 6 are now in “Alarms”.",
    "part": "as “Alarms”.",
    "rejected": "Asha rejected “{label}”. … Only tea. … All of them are still rejected with it.",
    "open": "Ben wrote a memo on “{label}”: Is this one?",
    "undone": "Asha accepted “{first}”. … Undone by Ben on 2026-01-13 10:00:00.",
    "empty": "Asha accepted “{label}”. … Of these, none are still in the theme; 25 are now in “{accepted}”.",
    "contested": "Ben accepted “{label}”. … Of these, 25 are still in the theme; 2 are now in “{accepted}”.",
}

# The sheet Themes of the workbook: the column status.
SHEET = {
    "accepted": "accepted by Asha on 2026-01-06",
    "renamed": "accepted, renamed by Ben on 2026-01-07",
    "took": "accepted, merged with others by Asha on 2026-01-08",
    "merged": None,
    "split": "accepted, split by Ben on 2026-01-09",
    "part": "accepted, split off by Ben on 2026-01-09",
    "rejected": None,
    "open": "in progress, given an exemplar by Ben on 2026-01-12",
    "undone": "candidate",
    "empty": None,
    "contested": "accepted by Ben on 2026-02-01",
}

# The code of a theme in the project for other programs.
CODE = {
    part: said and f"{'Candidate theme' if STATE[part] in ('candidate', 'open') else 'Theme'} {{id}}. … Status: {said}."
    for part, said in SHEET.items()
}

# What waits to be accepted or rejected, in `counterpoint status`.
WAITS = dict.fromkeys(STATE) | {
    "open": "1 theme in progress, neither accepted nor rejected: “{label}” ({id}).",
    "undone": "without a decision: … “{label}” ({id})",
}

# Where a theme that is shown has its name, and one that is not shown has none: the filter of the page, the
# bars of the plot, the handout and the notebook's list.
NAMED = {part: "{label}" if STATE[part] in ("candidate", "open", "accepted") else None for part in STATE}

PLACES = {
    "card": CARD,
    "list": LISTED,
    "questions": ASKED,
    "status: questions": ASKED,
    "status: waiting": WAITS,
    "trail": TRAIL,
    "workbook": SHEET,
    "project": CODE,
    "filter": NAMED,
    "plot": NAMED,
    "handout": NAMED,
    "notebook": NAMED,
}
