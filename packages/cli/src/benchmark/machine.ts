import os from 'node:os';
import { tf } from '@dapo/core';
import { cliVersion } from '../cli-version.js';

/** What figures hang on. */
export function machineFacts(): Record<string, string | number> {
  return {
    platform: `${os.platform()} ${os.arch()}`,
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    load: Number(os.loadavg()[0]!.toFixed(2)),
  };
}

export function versions(): Record<string, string> {
  return { dapo: cliVersion(), 'tensorflow.js': tf.version['tfjs'] ?? 'unknown', node: process.version };
}
