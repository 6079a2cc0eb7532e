/** Settings of Airdate and keys of vendors; and those of npm, which `npm test` and a user's shell hand on. */
const OF_THE_USER = /^((AIRDATE|INFINIPOST|POSTEVERYWHERE|UPLOAD_POST|OPENSHORTS)_|npm_config_)/i;

/** Takes out of an environment what would make a program that a test starts another one, or reach a real vendor. */
export function forgetUser(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(environment)) if (OF_THE_USER.test(name)) delete environment[name];
}
