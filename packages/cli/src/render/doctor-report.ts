import type { BackendFacts } from '@dapo/core';
import type { Colours } from '../terminal.js';
import { table } from './table.js';

export interface FoundBackend {
  readonly name: string;
  readonly available: boolean;
  readonly detail: string;
  readonly remedy?: string;
}

export interface DoctorReport {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly backends: readonly FoundBackend[];
  readonly chosen: string;
  readonly why: string;
  readonly facts?: BackendFacts;
  /** Speed of a product of two 1024 × 1024 matrices. */
  readonly gigaflops?: number;
  /** Why the chosen backend could not be measured. */
  readonly failure?: string;
}

const machineLabels: Readonly<Record<string, string>> = {
  node: 'Node',
  platform: 'platform',
  cpu: 'processor',
  cores: 'cores',
  memoryGiB: 'memory, GiB',
  freeGiB: 'of it free',
  tensorflowJs: 'TensorFlow.js',
};

export function renderReport(report: DoctorReport, { bold, cyan, dim, green, red }: Colours, width: number): string {
  const { machine, backends, chosen, why, gigaflops, failure } = report;
  const facts = Object.entries(machine).map(([key, value]) => [dim(machineLabels[key] ?? key), String(value)]);
  const found = backends.map(({ name, available, detail }) => [
    available ? green('✓') : red('✗'),
    name === chosen ? bold(cyan(name)) : cyan(name),
    detail,
  ]);
  const speed = failure ?? `${gigaflops?.toFixed(1) ?? '–'} GFLOP/s (product of two 1024 × 1024 matrices)`;
  return [
    bold('Machine'),
    table(facts, { indent: 2, width }),
    '',
    bold('Tensor backends'),
    table(found, { indent: 2, width }),
    '',
    bold('A run here'),
    table(
      [
        [dim('backend'), `${chosen}, ${why}`],
        ...kernelRows(report.facts).map(([name, what]) => [dim(name), what]),
        [dim('speed'), speed],
      ],
      { indent: 2, width },
    ),
    ...advice(report, bold),
  ].join('\n');
}

/** What computes, and why nothing faster does. */
function kernelRows(facts: BackendFacts = {}): [string, string][] {
  const { threads, oneThread, matMul, matMulNote } = facts;
  return [
    ...(threads === undefined
      ? []
      : [['threads', `${threads}${oneThread === undefined ? '' : `: ${oneThread}`}`] as [string, string]]),
    ...(matMul === undefined
      ? []
      : [['product', `${matMul}${matMulNote === undefined ? '' : `: ${matMulNote}`}`] as [string, string]]),
  ];
}

/** How to get a backend that isn't there. */
function advice({ backends }: DoctorReport, bold: Colours['bold']): string[] {
  const missing = backends.filter(({ remedy }) => remedy !== undefined);
  if (missing.length === 0) return [];
  const rows = missing.map(({ name, remedy = '' }) => [name, remedy]);
  const use = ['', "Then take it with --backend NAME, or backend: 'NAME' in the config."];
  return ['', bold('To get more'), table(rows, { indent: 2 }), ...use];
}
