// Functions in the templates.
import { isObject, type Json, type Resource } from './assembly';

/** The value of a variable in a function's environment. */
export function variableOf(lambda: Resource, name: string): Json | undefined {
  const variables = lambda.at('Environment.Variables');
  return isObject(variables) && Object.hasOwn(variables, name) ? variables[name] : undefined;
}
