// Plain JavaScript on purpose: an old Node must be able to say why it cannot go on.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 20)) {
  console.error(
    `Tests need Node 22.20 or newer, this is ${process.version}: install Node 24 (on Linux x64, npm ci brings it).`,
  );
  process.exit(1);
}
