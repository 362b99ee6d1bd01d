"""A later import of a listing that belongs to an item: refined, proposed or unchanged."""

from uuid import UUID

from msgspec.structs import replace

from truestock.contracts.events import ListingImported, SeedOutcome
from truestock.inventory.domain import building
from truestock.inventory.domain.identity import Match
from truestock.inventory.domain.known import Known, Mint, match_key
from truestock.inventory.domain.model import ChannelListing, Item, ListedVariant, ListingState
from truestock.inventory.domain.records import Effects, Proposal, Seeding, Split
from truestock.inventory.domain.refining import Difference, Refinement, digest, refine
from truestock.inventory.domain.sync import changed, refreshed


def reimport(
    event: ListingImported, item: Item, before: ChannelListing, match: Match, known: Known, mint: Mint
) -> Seeding:
    """Fill what is empty, propose what differs, take over what is the channel's; stock stays."""
    policies = known.policies_of(event.workspace_id)
    result = refine(
        item,
        event.listing,
        match,
        policies.rule(event.connection_id),
        policies.buffer(event.marketplace),
        lambda sku: not known.with_sku(event.workspace_id, sku),
    )
    listing = building.channel_listing(
        event, before, _listed(before, match), ListingState.LINKED, item.item_id
    )
    seen = digest(result.differences)
    proposal = _propose(event, item, before, result, seen, mint)
    if proposal is not None:
        listing = replace(listing, proposal_id=proposal.proposal_id)
    elif not seen:
        listing = replace(listing, proposal_id=None)
    listing = replace(listing, proposal_digest=seen)
    after = result.item.with_listing(listing)
    split = _split_again(event, after, mint)
    if split is not None:
        after = replace(after, split_id=split.split_id, split_digest=building.split_digest(event.listing))
    if result.filled:
        key = match_key(after.fields.title, (variant.signature for variant in after.variants))
        after = replace(after, match_key=key)

    same_version, states = refreshed(after, policies)
    moved = bool(result.filled) or before.state is not ListingState.LINKED
    if moved or same_version.listings != after.listings:
        after, states = changed(after, policies)
    else:
        after = same_version
    known.put(after)

    superseded = _superseded(before, listing)
    opened = [each for each in (_id(proposal), split.split_id if split else None) if each]
    state = states[listing.key]
    outcome, reasons = _outcome(result, listing, split)
    return Seeding(
        event,
        outcome,
        reasons,
        state.open_issues,
        state,
        after,
        known.listings[listing.key],
        split=split,
        proposal=proposal,
        effects=Effects(before=before, filled=result.filled, opened=tuple(opened), superseded=superseded),
    )


def _outcome(
    result: Refinement, listing: ChannelListing, split: Split | None
) -> tuple[SeedOutcome, tuple[str, ...]]:
    reasons = [f"filled: {field}" for field in result.filled]
    reasons += [_sentence(difference) for difference in result.differences]
    if split is not None:
        return SeedOutcome.PROPOSED, (*reasons, f"split_proposed: {split.evidence}")
    if listing.proposal_id is not None:
        return SeedOutcome.PROPOSED, tuple(reasons)
    if result.filled:
        return SeedOutcome.REFINED, tuple(reasons)
    if result.differences:
        return SeedOutcome.UNCHANGED, ("decided_before: these differences were decided.", *reasons)
    return SeedOutcome.UNCHANGED, ("same: inventory has everything that the listing shows.",)


def _sentence(difference: Difference) -> str:
    ours, shown = difference.inventory or "nothing", difference.marketplace or "nothing"
    return f"differs: {difference.key}: inventory {ours[:200]}, marketplace {shown[:200]}"


def _propose(
    event: ListingImported, item: Item, before: ChannelListing, result: Refinement, seen: str, mint: Mint
) -> Proposal | None:
    """A new proposal unless these very differences are shown already or were decided."""
    if not seen or seen == before.proposal_digest:
        return None
    return Proposal(
        proposal_id=mint.new_id(),
        workspace_id=event.workspace_id,
        item_id=item.item_id,
        connection_id=event.connection_id,
        listing_id=event.listing.listing_id,
        batch_id=event.batch_id,
        differences=result.differences,
    )


def _split_again(event: ListingImported, item: Item, mint: Mint) -> Split | None:
    suggested = building.split_digest(event.listing)
    if not suggested or suggested == item.split_digest or item.split_id is not None:
        return None
    return building.propose_split(event, item.item_id, item.variants, mint)


def _listed(before: ChannelListing, match: Match) -> tuple[ListedVariant, ...]:
    """New external ids for what was matched; what the listing ceased to show stays known as once listed."""
    now = building.listed(match.pairs)
    matched = {variant.variant_id for variant in now}
    return (*now, *(variant for variant in before.variants if variant.variant_id not in matched))


def _superseded(before: ChannelListing, after: ChannelListing) -> tuple[UUID, ...]:
    gone = [before.held_id] if before.held_id else []
    if before.proposal_id and before.proposal_id != after.proposal_id:
        gone.append(before.proposal_id)
    return tuple(gone)


def _id(proposal: Proposal | None) -> UUID | None:
    return proposal.proposal_id if proposal else None
