// Functions in the templates.
import { type Assembly, isObject, type Json, type Resource } from './assembly';
import { functionType, logGroupType } from './resource-types';
import { renderText } from './texts';

/** The value of a variable in a function's environment. */
export function variableOf(lambda: Resource, name: string): Json | undefined {
  const variables = lambda.at('Environment.Variables');
  return isObject(variables) && Object.hasOwn(variables, name) ? variables[name] : undefined;
}

/** A function is identified by its log group, which has the name of its control and contains its evidence. */
export function isControl(lambda: Resource, control: string, assembly: Assembly): boolean {
  const log = assembly.target(lambda.at('LoggingConfig.LogGroup'), lambda.stack);
  return log?.type === logGroupType && renderText(log.at('LogGroupName')) === `/rempart/${assembly.facts.deployment}/functions/${control}`;
}

/** The function of a control; `undefined` without one. */
export const controlFunctionOf = (control: string, assembly: Assembly): Resource | undefined =>
  assembly.ofType(functionType).find((lambda) => isControl(lambda, control, assembly));
