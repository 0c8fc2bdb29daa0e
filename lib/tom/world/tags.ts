// Tags of a deployment, as the forms of its resources require them.
import { by, type Form, type FormLike, set } from './form';

/** The tags of a resource without a classification. */
const deploymentTags: readonly FormLike[] = [
  { Key: 'rempart:deployment', Value: '<deployment>' },
  { Key: 'rempart:environment', Value: '<environment>' },
  { Key: 'rempart:owner', Value: by(({ facts }) => facts.settings.owner) },
];

/** Exactly the tags of the deployment, with the classification of the data if there is one, and further ones. */
export function tags(classification?: 'public' | 'internal' | 'confidential' | 'personal', ...further: readonly FormLike[]): Form {
  const classified = classification ? [{ Key: 'rempart:classification', Value: classification }] : [];
  return set(...classified, ...deploymentTags, ...further);
}
