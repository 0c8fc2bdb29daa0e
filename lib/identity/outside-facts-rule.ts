// Refuses the deployment of production while facts from outside are missing.
import { CfnRule, Fn } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { refusalOf } from '../config/outside-facts';
import type { Site } from '../config/site';

/** Logical id of the rule. */
const ruleId = 'FactsFromOutside';

/**
 * CloudFormation evaluates the rules of a template before it creates or updates a resource ("Rules section structure
 * and syntax"). The assertion never holds: it compares a parameter, without which a rule asserts nothing, with a text
 * that the parameter never has. Every other stack depends on the account stack, so none is deployed. (ADR 4)
 */
export function refuseWithoutFacts(scope: Construct, { settings }: Site): void {
  const assertDescription = refusalOf(settings);
  if (assertDescription === undefined) return;
  const rule = new CfnRule(scope, ruleId, {
    assertions: [{ assert: Fn.conditionEquals(Fn.ref('BootstrapVersion'), ruleId), assertDescription }],
  });
  rule.overrideLogicalId(ruleId);
}
