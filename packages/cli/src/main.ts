import { createProgram } from './program.js';
import { reportError } from './report-error.js';
import { endOnClosedPipe } from './terminal.js';

endOnClosedPipe();
try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = reportError(error, process.argv.includes('--verbose'));
}
