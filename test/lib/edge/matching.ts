// Evaluates statements of the web ACL on a request as WAF does, for the statements that the project uses.

/** The parts of a request that the statements inspect. */
export interface Request {
  readonly path: string;
  readonly labels?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A statement in the form of a template. */
export interface Statement {
  readonly AndStatement?: { readonly Statements: readonly Statement[] };
  readonly OrStatement?: { readonly Statements: readonly Statement[] };
  readonly NotStatement?: { readonly Statement: Statement };
  readonly ByteMatchStatement?: { readonly SearchString: string };
  readonly LabelMatchStatement?: { readonly Key: string };
  readonly SizeConstraintStatement?: { readonly FieldToMatch: { readonly SingleHeader: { readonly Name: string } } };
  readonly RateBasedStatement?: { readonly ScopeDownStatement?: Statement };
  readonly ManagedRuleGroupStatement?: {
    readonly VendorName: string;
    readonly Name: string;
    readonly ScopeDownStatement?: Statement;
    readonly RuleActionOverrides?: readonly { readonly Name: string }[];
  };
}

export function matches(statement: Statement | undefined, request: Request): boolean {
  if (statement === undefined) return true;
  const { AndStatement, OrStatement, NotStatement, ByteMatchStatement, LabelMatchStatement, SizeConstraintStatement } = statement;
  if (AndStatement) return AndStatement.Statements.every((inner) => matches(inner, request));
  if (OrStatement) return OrStatement.Statements.some((inner) => matches(inner, request));
  if (NotStatement) return !matches(NotStatement.Statement, request);
  if (ByteMatchStatement) return request.path === ByteMatchStatement.SearchString;
  if (LabelMatchStatement) return (request.labels ?? []).some((label) => label.startsWith(LabelMatchStatement.Key));
  if (SizeConstraintStatement) return (request.headers?.[SizeConstraintStatement.FieldToMatch.SingleHeader.Name] ?? '').length > 0;
  throw new Error(`${Object.keys(statement)}: expected a supported statement; add its evaluation here`);
}
