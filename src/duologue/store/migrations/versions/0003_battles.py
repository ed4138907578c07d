"""The arena's battles, and what automatic judges said of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_battles"
down_revision = "0002_ballot"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "arena_battles",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("task", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("length", sa.String(length=8), nullable=False),
        sa.Column("left", sa.String(length=200), nullable=False),
        sa.Column("right", sa.String(length=200), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("turns", sa.JSON(), nullable=False),
        sa.Column("ready", sa.DateTime(), nullable=True),
        sa.Column("left_seconds", sa.Float(), nullable=True),
        sa.Column("right_seconds", sa.Float(), nullable=True),
        sa.Column("left_loudness", sa.Float(), nullable=True),
        sa.Column("right_loudness", sa.Float(), nullable=True),
        sa.Column("left_fetched", sa.DateTime(), nullable=True),
        sa.Column("right_fetched", sa.DateTime(), nullable=True),
        sa.Column("left_heard", sa.DateTime(), nullable=True),
        sa.Column("right_heard", sa.DateTime(), nullable=True),
        sa.Column("leak", sa.String(length=200), nullable=False),
        sa.Column("winner", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arena_battles")),
    )
    op.create_index(op.f("ix_arena_battles_kind_created"), "arena_battles", ["kind", "created"], unique=False)
    op.create_index(
        op.f("ix_arena_battles_owner_created"), "arena_battles", ["owner", "created"], unique=False
    )
    op.create_table(
        "arena_judgements",
        sa.Column("battle", sa.String(length=26), nullable=False),
        sa.Column("judge", sa.String(length=40), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("winner", sa.String(length=8), nullable=False),
        sa.Column("left", sa.Float(), nullable=False),
        sa.Column("right", sa.Float(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["battle"], ["arena_battles.id"], name=op.f("fk_arena_judgements_battle_arena_battles")
        ),
        sa.PrimaryKeyConstraint("battle", "judge", name=op.f("pk_arena_judgements")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("arena_judgements")
    op.drop_table("arena_battles")
