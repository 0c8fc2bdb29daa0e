// The release of a deployment: a text that changes with its templates, so that a custom resource runs at each
// deployment.
import { createHash } from 'node:crypto';
import { CfnElement, Lazy, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/**
 * Digest of all templates of the deployment that `construct` is in, without `construct` itself: 16 hexadecimal digits.
 * CloudFormation sends an update to a custom resource only if a property changes; a deployment that changes no
 * template is none. Metadata does not count: it depends on the options of the CLI.
 */
export const releaseOf = (construct: IConstruct): string =>
  // While the app prepares its references, its templates are not complete, and nobody reads the value.
  Lazy.uncachedString({ produce: ({ preparing }) => (preparing ? '' : digestWithout(construct)) });

function digestWithout(construct: IConstruct): string {
  const deployment = Stack.of(construct).node.scope ?? construct.node.root;
  const own = new Set(construct.node.findAll());
  const hash = createHash('sha256');
  for (const node of deployment.node.findAll()) {
    if (CfnElement.isCfnElement(node) && !own.has(node)) hash.update(`${node.node.path}\0${JSON.stringify(templatePart(node))}\0`);
  }
  return hash.digest('hex').slice(0, 16);
}

type Section = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function templatePart(element: CfnElement): Readonly<Record<string, Section>> {
  const part = Stack.of(element).resolve(element._toCloudFormation()) as Readonly<Record<string, Section>>;
  const resources = Object.entries(part.Resources ?? {}).map(([id, { Metadata: _, ...resource }]) => [id, resource]);
  return { ...part, Resources: Object.fromEntries(resources) };
}
