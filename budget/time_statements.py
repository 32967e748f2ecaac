"""What statements over staged rows are made of: the rows beside the project, what of them changed and what is gone."""

from typing import Final

from budget.time_names import ITEM, PERSON

# The rows whose people are taken, beside what they are on and the entry that stands for their key: the one that has it,
# or the last of its corrections.
MATCHED: Final = """
    FROM budget_stagedentry AS staged
    JOIN {person} AS person ON person.number = staged.person AND NOT person.is_left_out
    LEFT JOIN {item} AS item ON item.number = staged.item
    LEFT JOIN unnest(%(roots)s::uuid[], %(heads)s::uuid[]) AS stands (root, head) ON stands.root = staged.identity
    LEFT JOIN budget_timeentry AS known
        ON known.uuid = coalesce(stands.head, staged.identity) AND known.project_id = %(project)s
    WHERE staged.batch_id = %(batch)s
"""
# A work item found since is no change: hours whose item nobody knew are assigned on a page of their own.
CHANGED: Final = """
    (known.uuid IS NOT NULL AND (
        known.worked_on <> staged.worked_on OR known.minutes <> staged.minutes OR known.person_id <> person.person_id
        OR known.work_item_id <> (CASE WHEN NOT item.is_dropped THEN item.work_item_id END)
    ) IS TRUE)
"""
CORRECTED: Final = "({changed} AND %(corrects)s AND known.uuid <> ALL (%(left)s::uuid[]))"
# Whether somebody took it back already: then it counts nothing, and is not reversed once more.
IS_BACK: Final = """EXISTS (
    SELECT FROM budget_timeentry AS back WHERE back.project_id = %(project)s AND back.reverses_id = {key}
)"""
# What earlier files of the source brought for the people and days of this one, and this one does not name.
GONE: Final = """
    FROM budget_timeentry AS entry
    WHERE entry.project_id = %(project)s AND entry.batch_id = ANY (%(earlier)s) AND entry.minutes > 0
        AND entry.person_id = ANY (%(people_named)s::bigint[])
        AND entry.worked_on BETWEEN %(first_day)s AND %(last_day)s
        AND NOT EXISTS (
            SELECT FROM budget_stagedentry AS staged
            WHERE staged.batch_id = %(batch)s AND staged.identity = entry.uuid
        )
        AND entry.uuid <> ALL (%(heads)s::uuid[])
        AND NOT {entry_is_back}
"""
TAKEN_BACK: Final = "(%(takes_back)s AND entry.uuid <> ALL (%(left)s::uuid[]))"
# ``entry_identity.identity_of_correction``.
CORRECTION_OF: Final = """(
    left(replace({key}::text, '-', ''), 12)
    || '8' || substr(encode(sha256(uuid_send({key})), 'hex'), 2, 3)
    || '8' || substr(encode(sha256(uuid_send({key})), 'hex'), 6, 15)
)::uuid"""
PARTS: Final = {
    "person": PERSON,
    "item": ITEM,
    "matched": MATCHED.format(person=PERSON, item=ITEM),
    "changed": CHANGED,
    "corrected": CORRECTED.format(changed=CHANGED),
    "known_is_back": IS_BACK.format(key="known.uuid"),
    "gone": GONE.format(entry_is_back=IS_BACK.format(key="entry.uuid")),
    "taken_back": TAKEN_BACK,
    "correction_of_known": CORRECTION_OF.format(key="known.uuid"),
    "correction_of_head": CORRECTION_OF.format(key="chain.head"),
}


def with_parts(statement: str) -> str:
    """The statement with everything that it is made of."""
    return statement.format(**PARTS)
