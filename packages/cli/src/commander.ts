/** commander with the types of extra-typings, which are needed to compile only. */
import * as commander from 'commander';
import type * as typed from '@commander-js/extra-typings';

const { Argument, Command, Option, InvalidArgumentError } = commander as unknown as typeof typed;

export { Argument, Command, InvalidArgumentError, Option };
/** The program, or a command of it whose arguments and options don't matter. */
export type Program = typed.Command;
