/**
 * The planted bug: a publisher which does what many do, a lease on the row and another try after every failure. It is held
 * to the same harness and the same checker, which are blind if they find nothing here.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { Final } from './history.ts';

const LEASE_MS = 1_000;
const AT_ONCE = 8;

interface Row {
  readonly id: number;
  readonly caption: string;
  readonly account: string;
}

export function openNaiveStore(home: string) {
  const store = new DatabaseSync(join(home, 'naive.db'), { timeout: 10_000 });
  store.exec(`pragma journal_mode = wal;
    create table if not exists posts (id integer primary key, caption text, account text, due integer,
      status text default 'scheduled', lease integer default 0);
    create index if not exists open on posts (due) where status <> 'published'`);
  const claim = store.prepare(`update posts set status = 'processing', lease = :lease where id in (
      select id from posts where status <> 'published' and due <= :now and lease < :now order by due limit :limit)
    returning id, caption, account`);
  const finish = store.prepare("update posts set status = 'published' where id = ?");
  const release = store.prepare("update posts set status = 'scheduled', lease = 0, due = ? where id = ?");
  const insert = store.prepare('insert into posts (caption, account, due) values (?, ?, ?)');
  const all = store.prepare('select caption as text, account, status from posts');
  return {
    add: (caption: string, account: string, due: number) => void insert.run(caption, account, due),
    claim: (now: number, limit: number) =>
      claim.all({ lease: now + LEASE_MS, now, limit }) as unknown as Row[],
    finish: (id: number) => void finish.run(id),
    release: (id: number, due: number) => void release.run(due, id),
    finals: () => all.all() as unknown as Final[],
    close: () => store.close(),
  };
}

async function run(home: string, url: string, secret: string): Promise<void> {
  const store = openNaiveStore(home);
  const signer = new Webhook(secret);
  let inHand = 0;
  async function publish({ id, caption, account }: Row): Promise<void> {
    inHand += 1;
    try {
      const key = randomUUID();
      const body = JSON.stringify({ type: 'post.due', data: { caption, accountId: account } });
      const sentAt = new Date();
      const headers = {
        'content-type': 'application/json',
        'idempotency-key': key,
        'webhook-id': key,
        'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
        'webhook-signature': signer.sign(key, sentAt, body),
      };
      const answer = await fetch(url, { method: 'POST', body, headers, signal: AbortSignal.timeout(5_000) });
      if (!answer.ok) throw new Error(String(answer.status));
      await answer.text();
      store.finish(id);
    } catch {
      store.release(id, Date.now() + 500);
    } finally {
      inHand -= 1;
    }
  }
  for (;;) {
    for (const row of store.claim(Date.now(), AT_ONCE - inHand)) void publish(row);
    await pause(20);
  }
}

const [, script, home, url, secret] = process.argv;
if (script === import.meta.filename && home && url && secret) await run(home, url, secret);
