#!/usr/bin/env node
/**
 * Writes the public surface of each entry point to packages/NAME/api/*.api.md, so that a change of it is seen in review;
 * run npm run build before it. With --check nothing is written: the exit code is 1 where a surface is not as recorded.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { createProgram } from '../packages/cli/dist/program.js';
import { root } from './install.mjs';

const silent = { logLevel: ExtractorLogLevel.None };
const folder = mkdtempSync(path.join(tmpdir(), 'dapo-api-'));

/** What a program that imports an entry point sees, as api-extractor writes it. */
function declarations(packageName, name, types) {
  const projectFolder = path.join(root, 'packages', packageName);
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder,
      mainEntryPointFilePath: path.join(projectFolder, types),
      compiler: { tsconfigFilePath: path.join(projectFolder, 'tsconfig.json') },
      apiReport: { enabled: true, reportFileName: name, reportFolder: folder, reportTempFolder: folder },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: silent },
        extractorMessageReporting: { default: silent },
        tsdocMessageReporting: { default: silent },
      },
    },
    configObjectFullPath: path.join(projectFolder, 'api-extractor.json'),
    packageJsonFullPath: path.join(projectFolder, 'package.json'),
  });
  Extractor.invoke(config, { localBuild: true, messageCallback: (message) => (message.handled = true) });
  return readFileSync(path.join(folder, `${name}.api.md`), 'utf8');
}

/** Kind, name and module of each plugin; api-extractor does not read `typeof import`. Their options are in docs/reference. */
function pluginList() {
  const types = readFileSync(path.join(root, 'packages/plugins/dist/index.d.ts'), 'utf8');
  return `## What @dapo/plugins ships\n\n\`\`\`ts\n${types}\`\`\`\n`;
}

/** The help of every command: what a script that calls `dapo` may rely on. */
function helpOf(command, name) {
  command.configureOutput({ getOutHelpWidth: () => 100, getOutHasColors: () => false });
  const own = `## ${name}\n\n\`\`\`text\n${command.helpInformation().trimEnd()}\n\`\`\`\n`;
  return [own, ...command.commands.map((child) => helpOf(child, `${name} ${child.name()}`))].join('\n');
}

function recorded(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

const surfaces = {
  'core/api/core.api.md': () => declarations('core', 'core', 'dist/index.d.ts'),
  'core/api/testing.api.md': () => declarations('core', 'testing', 'dist/testing/index.d.ts'),
  'plugins/api/plugins.api.md': pluginList,
  'cli/api/cli.api.md': () => helpOf(createProgram(), 'dapo'),
};

for (const [name, surface] of Object.entries(surfaces)) {
  const file = path.join(root, 'packages', name);
  const now = surface();
  if (recorded(file) === now) continue;
  if (process.argv.includes('--check')) {
    console.error(`packages/${name} is not as the code says. Run: npm run build && npm run api`);
    process.exitCode = 1;
  } else {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, now);
    console.log(`packages/${name} written`);
  }
}
rmSync(folder, { recursive: true, force: true });
