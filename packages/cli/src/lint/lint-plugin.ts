import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isDapoError, isPlugin, type Plugin } from '@dapo/core';
import { loadExports, pluginsOf } from '@dapo/core/testing';
import type { Finding } from './finding.js';
import { pluginFindings } from './plugin-rules.js';
import { sourceFindings } from './source-rules.js';
import { SourceText } from './source-text.js';

/** All that is to be said of a plugin file without training with it, in the order of its lines. */
export async function lintPlugin(file: string): Promise<Finding[]> {
  const source = new SourceText(readFileSync(file, 'utf8'));
  const { plugin, findings } = await load(file, source);
  const said = plugin ? pluginFindings(plugin, source, path.basename(file)) : [];
  const all = [...findings, ...said, ...sourceFindings(source, plugin, file), ...testFindings(file)];
  return all.sort((a, b) => a.line - b.line);
}

async function load(
  file: string,
  source: SourceText,
): Promise<{ readonly plugin?: Plugin; readonly findings: Finding[] }> {
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = await loadExports(path.resolve(file), process.cwd());
  } catch (error) {
    return { findings: [brokenFinding(error)] };
  }
  const plugins = pluginsOf(exports);
  const standard = exports['default'];
  const line = source.lineOf(/\bdefinePlugin\s*[<(]|\bexport\b/);
  if (!isPlugin(standard)) {
    const message = plugins.length > 0 ? 'its plugin is not the default export' : 'it exports no plugin';
    const hint = 'export default definePlugin({ kind, name, create })';
    return {
      plugin: plugins[0],
      findings: [{ line, rule: 'default-export', level: 'error', message, hint }],
    };
  }
  if (plugins.length === 1) return { plugin: standard, findings: [] };
  const message = `it exports ${plugins.length} plugins: one file, one plugin`;
  const hint = 'move the others into files of their own; two that differ in one number are one with an option';
  return { plugin: standard, findings: [{ line, rule: 'one-plugin', level: 'error', message, hint }] };
}

function brokenFinding(error: unknown): Finding {
  const told = isDapoError(error) ? error : undefined;
  const message = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
  return {
    line: told?.location?.line ?? 1,
    rule: 'loads',
    level: 'error',
    message,
    hint: told?.hint ?? 'mend the line named',
  };
}

function testFindings(file: string): Finding[] {
  const test = file.replace(/(\.[cm]?[jt]s)$/, '.test$1');
  const name = path.basename(test);
  if (!existsSync(test)) {
    const hint = `${name}: describeContract(plugin) of @dapo/core/testing, and numbers worked out by hand`;
    return [{ line: 1, rule: 'test', level: 'error', message: 'it has no test beside it', hint }];
  }
  if (/\b(describe|check)Contract\b/.test(readFileSync(test, 'utf8'))) return [];
  const message = `${name} does not ask what every plugin of its kind owes`;
  return [{ line: 1, rule: 'test-contract', level: 'warning', message, hint: 'describeContract(plugin);' }];
}
