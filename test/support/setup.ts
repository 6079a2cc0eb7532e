/** Runs before every file of tests, and before what it imports. */
import { forgetUser } from './environment.ts';

forgetUser(process.env);
