import { toMoment } from '../domain/air-time.ts';
import type { Question } from '../domain/call.ts';
import { toHandle } from '../domain/handle.ts';
import { spellOut } from '../domain/text.ts';
import type { Desk } from './desk.ts';
import type { Proposal } from './proposal.ts';

/** What a person reads at a glance. Nothing of a longer one could be relied on to be seen. */
const LONGEST = 8_000;

/**
 * Asks a person whether a draft may air; undefined where it is too long to be asked. All of it is shown, each text as JSON on
 * a line of its own: none can pose as another, or hide a part of itself.
 */
export function approvalQuestion(desk: Desk, proposal: Proposal): Question | undefined {
  const text = ['Let this post go out?', ...describeDraft(desk, proposal)].join('\n');
  return text.length > LONGEST ? undefined : { text, about: `${proposal.id}:${proposal.version}` };
}

/** What would air, when and where, a fact a line. */
export function describeDraft(desk: Desk, { draft, post }: Pick<Proposal, 'draft' | 'post'>): string[] {
  const { accountIds, contentUrl, scheduledTime: _, timezone: __, ambiguousTime: ___, ...rest } = draft;
  const { idempotencyKey: ____, dryRun: _____, ...texts } = rest;
  const platforms = new Map(
    post.targets.map(({ backend = 'local', accountId, platform }) => [
      toHandle(backend, accountId),
      platform,
    ]),
  );
  return [
    ...(post.warnings ?? []).map(({ message }) => `Beware: ${message}`),
    `When: ${whenOf(desk, post)}`,
    `Where: ${accountIds.map((id) => [platforms.get(id), `(${id})`].join(' ')).join(', ')}`,
    `Video: ${spell(contentUrl)}`,
    ...Object.entries(texts).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}: ${spell(value)}`],
    ),
  ];
}

function spell(value: unknown): string {
  return spellOut(JSON.stringify(value));
}

function whenOf(desk: Desk, { airAt, timezone = desk.timezone }: Proposal['post']): string {
  if (airAt === null) return 'now';
  const { local, offset } = toMoment(airAt, timezone);
  return `${local.replace('T', ' ')} (${timezone}, ${offset})`;
}
