#!/usr/bin/env node
/**
 * Releases all packages together: `npm run release -- [patch|minor|major|VERSION] [--dry-run]`. Without a version the one
 * in lerna.json is published as it stands. A dry run goes the whole way in a clone that is thrown away and publishes
 * nothing: lerna has none of its own.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './install.mjs';

const words = process.argv.slice(2);
const dryRun = words.includes('--dry-run');
const bump = words.find((word) => !word.startsWith('-'));

function refuse(why) {
  console.error(why);
  process.exit(1);
}

function git(...args) {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
}

function runIn(folder, program, ...args) {
  console.log(`> ${program} ${args.join(' ')}`);
  const { status } = spawnSync(program, args, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) refuse(`${program} ended with ${status}: nothing after it was done.`);
}

/** The changelog is written by hand: a release that it doesn't tell of is stopped before anything is public. */
function checkChangelog(folder) {
  const { version } = JSON.parse(readFileSync(path.join(folder, 'lerna.json'), 'utf8'));
  const changelog = readFileSync(path.join(folder, 'CHANGELOG.md'), 'utf8');
  if (changelog.includes(`## ${version}`)) return;
  const what = `CHANGELOG.md has no section «## ${version}».`;
  if (!dryRun) refuse(what);
  console.log(`${what} The release itself will stop here.`);
}

function release(folder) {
  if (bump) {
    const asIfOnly = dryRun ? ['--no-git-tag-version'] : [];
    runIn(folder, 'npx', 'lerna', 'version', bump, '--force-publish', '--no-push', '--yes', ...asIfOnly);
  }
  checkChangelog(folder);
  runIn(folder, 'npm', 'run', 'build');
  runIn(folder, 'npm', 'run', 'check:packages');
  const tag = dryRun ? ['--dry-run'] : [];
  runIn(folder, 'npm', 'publish', '--workspaces', '--access', 'public', ...tag);
}

if (dryRun) {
  const clone = mkdtempSync(path.join(tmpdir(), 'dapo-release-'));
  process.on('exit', () => rmSync(clone, { recursive: true, force: true }));
  runIn(root, 'git', 'clone', '--quiet', root, clone);
  runIn(clone, 'npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error');
  release(clone);
  console.log('\nThe dry run went through: the commit as it is can be released. Nothing was published.');
} else {
  if (git('status', '--porcelain')) refuse('There are uncommitted changes: a release is of a commit.');
  if (git('branch', '--show-current') !== 'main') refuse('A release is made from main.');
  runIn(root, 'npm', 'test');
  release(root);
  console.log('\nPublished. Now: git push --follow-tags');
}
