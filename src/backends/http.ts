import type { Agent } from 'undici';
import type { ZodType } from 'zod';
import type { PlannedRequest } from '../domain/backend.ts';
import type { Call } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';
import type { LocalFile } from '../domain/content.ts';
import { backoffMs, PatienceBudget } from './backoff.ts';
