import { describe, expect, it } from 'vitest';
import { broken, checkHistory, type Final, type Intent, type Seen, type Verdict } from './history.ts';

const DUE = 1_000_000;
const intent: Intent = {
  tag: '#1',
  account: 'a',
  created: 'confirmed',
  texts: [{ text: '#1 first', answered: 'confirmed' }],
  notBefore: DUE,
};
const edited = (answered: 'confirmed' | 'refused' | 'unanswered'): Intent => ({
  ...intent,
  texts: [...intent.texts, { text: '#1 second', answered }],
});
const live: Seen = { text: '#1 first', account: 'a', at: DUE };
const row = (status: string): Final => ({ text: '#1 first', account: 'a', status });

function verdict(seen: readonly Seen[], finals: readonly Final[], ...intents: readonly Intent[]): Verdict {
  return checkHistory({ intents: intents.length > 0 ? intents : [intent], seen, finals });
}

describe('a history', () => {
  it.each<[string, Verdict]>([
    ['that was published once', verdict([live], [row('published')])],
    ['of a confirmed cancel', verdict([], [row('cancelled')], { ...intent, cancelled: 'confirmed' })],
    [
      'of a cancel that was refused',
      verdict([live], [row('published')], { ...intent, cancelled: 'refused' }),
    ],
    ['of a cancel that nobody answered', verdict([], [], { ...intent, cancelled: 'unanswered' })],
    ['of a create that nobody answered', verdict([], [], { ...intent, created: 'unanswered' })],
    ['of an edit that was refused', verdict([live], [row('published')], edited('refused'))],
    ['of an edit that nobody answered', verdict([live], [row('published')], edited('unanswered'))],
  ])('%s is good', (_, judged) => {
    expect(broken(judged)).toEqual({});
    expect([judged.told, judged.unknown]).toEqual([[], []]);
  });

  it.each<[keyof Verdict, string, Verdict]>([
    ['duplicates', 'that was published twice', verdict([live, live], [row('published')])],
    ['lost', 'that was never published', verdict([], [row('published')])],
    ['lost', 'of a post that is gone', verdict([], [])],
    ['lost', 'of a post that nobody cancelled', verdict([], [row('cancelled')])],
    ['told', 'of a post that failed', verdict([], [row('failed')])],
    ['told', 'of a post that was missed', verdict([], [row('missed')])],
    ['unknown', 'of a post that nobody knows of', verdict([], [row('unconfirmed')])],
    ['stuck', 'of a post that is never done', verdict([live], [row('processing')])],
    ['stuck', 'of a post that is never taken up', verdict([], [row('scheduled')])],
    [
      'afterCancel',
      'that was published after a cancel',
      verdict([live], [row('published')], { ...intent, cancelled: 'confirmed' }),
    ],
    ['oldText', 'with the old text', verdict([live], [row('published')], edited('confirmed'))],
    ['early', 'that was early', verdict([{ ...live, at: DUE - 1_000 }], [row('published')])],
    ['untold', 'of a failure that is live', verdict([live], [row('failed')])],
    [
      'unasked',
      'of a post that nobody wanted',
      verdict([live, { ...live, text: '#2 odd' }], [row('published')]),
    ],
    ['rowsTwice', 'of two rows', verdict([live], [row('published'), row('published')])],
  ])('%s: one %s', (name, _, judged) => {
    const found = Object.entries(judged).filter(([, names]) => names.length > 0);
    expect(found.map(([kind]) => kind)).toContain(name);
    expect(judged[name]).toHaveLength(1);
  });
});
