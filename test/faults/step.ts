/**
 * Loaded into a process of Airdate before its program (`node --import`). Where the flag file names the step at which the
 * process has come, the process takes the flag away and gives itself the signal: it is killed or frozen exactly there.
 */
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { StatementSync } from 'node:sqlite';
import { Duplex } from 'node:stream';

const flag = process.env.FAULT_FLAG ?? '';

function wanted(step: string): NodeJS.Signals | undefined {
  try {
    const [name, signal] = readFileSync(flag, 'utf8').split(' ');
    return name === step ? (signal as NodeJS.Signals) : undefined;
  } catch {
    return undefined;
  }
}

function at(step: string): void {
  const signal = wanted(step);
  if (!signal) return;
  try {
    unlinkSync(flag);
  } catch {
    return;
  }
  writeFileSync(`${flag}.taken`, `${process.pid} ${Date.now()}`);
  process.kill(process.pid, signal);
}

let inTransaction: 'claim' | 'finish' | undefined;

function before(sql: string): void {
  if (sql.startsWith('insert into "attempts"')) {
    inTransaction = 'claim';
    at('claiming');
  }
  if (sql.startsWith('update "attempts"')) {
    inTransaction = 'finish';
    at('finishing');
  }
}

function after(sql: string): void {
  if (sql !== 'commit') return;
  const ended = inTransaction;
  inTransaction = undefined;
  if (ended === 'claim') at('claimed');
  if (ended === 'finish') at('finished');
}

for (const name of ['run', 'all'] as const) {
  const original = StatementSync.prototype[name] as (...args: unknown[]) => unknown;
  Object.defineProperty(StatementSync.prototype, name, {
    value(this: StatementSync, ...args: unknown[]) {
      before(this.sourceSQL);
      const result = original.apply(this, args);
      after(this.sourceSQL);
      return result;
    },
  });
}

const { connect, write } = Socket.prototype as unknown as Record<
  'connect' | 'write',
  (this: Socket, ...args: unknown[]) => unknown
>;
const cut = new WeakSet<Socket>();

Object.defineProperties(Socket.prototype, {
  connect: {
    writable: true,
    value(this: Socket, ...args: unknown[]) {
      at('connecting');
      return connect.apply(this, args);
    },
  },
  write: {
    // Node puts another one in its place on sockets that end.
    writable: true,
    value(this: Socket, chunk: unknown, ...rest: unknown[]) {
      if (cut.has(this)) return true;
      if (this.remotePort !== undefined) at('writing');
      if (this.remotePort === undefined || !wanted('half-sent')) return write.call(this, chunk, ...rest);
      cut.add(this);
      const half = String(chunk).slice(0, String(chunk).length / 2);
      return write.call(this, half, 'latin1', () => at('half-sent'));
    },
  },
  push: {
    writable: true,
    value(this: Socket, chunk: unknown, encoding?: BufferEncoding) {
      if (this.remotePort !== undefined && chunk !== null) at('answered');
      return Duplex.prototype.push.call(this, chunk, encoding);
    },
  },
});
