#!/usr/bin/env node
'use strict';
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `devspace needs Node.js 20.19 or newer, this is ${process.versions.node}\n  hint: https://nodejs.org\n`,
  );
  process.exitCode = 1;
} else {
  require('../dist/start.cjs');
}
