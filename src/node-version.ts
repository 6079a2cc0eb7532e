/** The first import of the program: under an older Node the others would fail in ways that say nothing. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`Airdate needs Node 22.19 or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}
