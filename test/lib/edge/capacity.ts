// The capacity units of the rules of a web ACL, counted as in the AWS WAF Developer Guide.
type Node = { readonly [key: string]: unknown };

/** Capacity of the groups that AWS maintains ("AWS Managed Rules rule groups list"). */
const groups: Readonly<Record<string, number>> = {
  AWSManagedRulesAmazonIpReputationList: 25,
  AWSManagedRulesAnonymousIpList: 50,
  AWSManagedRulesCommonRuleSet: 700,
  AWSManagedRulesKnownBadInputsRuleSet: 200,
  AWSManagedRulesSQLiRuleSet: 200,
};

/** Units of a rule: those of its statement ("Rule statements list"). */
export const unitsOf = (rule: Node): number => units(rule.Statement as Node);

function units(statement: Node): number {
  const [kind = '', value] = Object.entries(statement)[0] ?? [];
  const inner = value as Node;
  const list = (inner.Statements ?? []) as Node[];
  switch (kind) {
    case 'AndStatement':
    case 'OrStatement':
      return list.reduce((sum, one) => sum + units(one), 0);
    case 'NotStatement':
      return units(inner.Statement as Node);
    case 'ByteMatchStatement':
      // 2 for a match at either end or of the whole; a transformation would cost 10 more.
      return inner.PositionalConstraint === 'EXACTLY' ? 2 + transformations(inner) : 10 + transformations(inner);
    case 'SizeConstraintStatement':
      return 1 + transformations(inner);
    case 'LabelMatchStatement':
      return 1;
    case 'RateBasedStatement':
      return 2 + scope(inner);
    case 'ManagedRuleGroupStatement':
      return groupUnits(String(inner.Name)) + scope(inner);
    default:
      throw new Error(`${kind}: expected a statement whose capacity is known; add it from "Rule statements list"`);
  }
}

const scope = (statement: Node): number => (statement.ScopeDownStatement ? units(statement.ScopeDownStatement as Node) : 0);

const transformations = (statement: Node): number =>
  10 * ((statement.TextTransformations ?? []) as { Type: string }[]).filter(({ Type }) => Type !== 'NONE').length;

function groupUnits(name: string): number {
  const known = groups[name];
  if (known === undefined) throw new Error(`${name}: expected a group whose capacity is known; add it from the list of AWS`);
  return known;
}
