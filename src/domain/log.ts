export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One line of facts; never a secret. */
export type Log = (level: LogLevel, message: string, facts?: Readonly<Record<string, unknown>>) => void;
