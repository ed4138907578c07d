"""The arena's votes, what is held against some of them, consent withdrawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_ballot"
down_revision = "0001_gateway"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "arena_votes",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("battle", sa.String(length=64), nullable=True),
        sa.Column("model_a", sa.String(length=200), nullable=False),
        sa.Column("model_b", sa.String(length=200), nullable=False),
        sa.Column("winner", sa.String(length=8), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("voter", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("prompt", sa.String(length=64), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("task", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("length", sa.String(length=8), nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("style", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_arena_votes")),
        sa.UniqueConstraint("battle", name=op.f("uq_arena_votes_battle")),
    )
    op.create_index(op.f("ix_arena_votes_voter_at"), "arena_votes", ["voter", "at"])
    op.create_index(op.f("ix_arena_votes_address_at"), "arena_votes", ["address", "at"])
    op.create_index(op.f("ix_arena_votes_prompt"), "arena_votes", ["prompt"])
    op.create_table(
        "arena_findings",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("check", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reviewer", sa.String(length=200), nullable=False),
        sa.Column("reviewed", sa.DateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arena_findings")),
    )
    op.create_index(op.f("ix_arena_findings_check_subject"), "arena_findings", ["check", "subject"])
    op.create_table(
        "arena_held",
        sa.Column("finding", sa.String(length=26), nullable=False),
        sa.Column("vote", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("finding", "vote", name=op.f("pk_arena_held")),
        sa.ForeignKeyConstraint(
            ["finding"], ["arena_findings.id"], name=op.f("fk_arena_held_finding_arena_findings")
        ),
        sa.ForeignKeyConstraint(
            ["vote"], ["arena_votes.number"], name=op.f("fk_arena_held_vote_arena_votes")
        ),
    )
    op.create_index(op.f("ix_arena_held_vote"), "arena_held", ["vote"])
    op.create_table(
        "arena_consents",
        sa.Column("vote", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("vote", "at", name=op.f("pk_arena_consents")),
        sa.ForeignKeyConstraint(
            ["vote"], ["arena_votes.number"], name=op.f("fk_arena_consents_vote_arena_votes")
        ),
    )
