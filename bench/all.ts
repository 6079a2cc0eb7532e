import { calls } from './calls.ts';
import { coldStart } from './cold-start.ts';
import { create } from './create.ts';
import { http } from './http.ts';
import { listPosts } from './list-posts.ts';
import { overhead } from './overhead.ts';
import { printTable, type Row } from './support.ts';
import { tokens } from './tokens.ts';

// One after the other: what is measured is measured alone.
const rows: Row[] = [];
for (const measure of [coldStart, listPosts, create, calls, http, overhead, tokens])
  rows.push(...(await measure()));
printTable(rows);
