import { readSources } from '../report/read-source.js';
import { writeReport } from '../report/write-report.js';
import { print, printJson } from '../terminal.js';

interface ReportCommandOptions {
  readonly out?: string;
  readonly title?: string;
  readonly threshold?: number;
  readonly pricePerHour?: number;
  readonly json?: true;
}

export async function report(folders: readonly string[], options: ReportCommandOptions): Promise<void> {
  const { out = folders[0]!, json, ...rest } = options;
  const sources = await readSources(folders);
  const files = await writeReport(out, sources, rest);
  const runs = sources.reduce((sum, { facts }) => sum + facts.runs.length, 0);
  if (json)
    printJson({
      out,
      files,
      sources: sources.map(({ kind, folder, facts }) => ({
        kind,
        folder,
        runs: facts.runs.length,
        verdicts: facts.verdicts,
      })),
    });
  else print([`Reported ${runs} run${runs === 1 ? '' : 's'}:`, ...files.map((file) => `  ${file}`)].join('\n'));
}
