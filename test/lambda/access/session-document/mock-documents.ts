// Systems Manager as its client sees it: one document with its versions. Shapes and errors are those of the SDK.
import * as ssm from '@aws-sdk/client-ssm';

/** The document of the account. */
export const runShell = 'SSM-SessionManagerRunShell';

interface State {
  /** Contents by version, from 1; a version is never used again. */
  readonly versions: Map<number, string>;
  standard: number;
  /** Looks at the document before a change is complete. */
  pending: number;
}

const failure = (exception: string) => Object.assign(new Error(exception), { name: exception });

/** The contents that a new version may not have. The documentation does not decide between the two. */
export type Duplicates = 'of the latest version' | 'of any version';

export class MockDocuments {
  #state: State | undefined;

  constructor(
    readonly duplicates: Duplicates = 'of the latest version',
    /** Looks at the document until a change of it is complete. */
    readonly looks = 0,
    readonly name = runShell,
  ) {}

  /** The contents of the latest and the default version; `undefined` without a document. */
  get contents(): { readonly standard: string; readonly latest: string } | undefined {
    if (this.#state === undefined) return undefined;
    const { versions, standard } = this.#state;
    return { standard: versions.get(standard) as string, latest: versions.get(this.#latest()) as string };
  }

  get size(): number {
    return this.#state?.versions.size ?? 0;
  }

  /** A person writes a version, and makes it the default or not. */
  write(content: string, isDefault = true): void {
    this.#state ??= { versions: new Map(), standard: 1, pending: 0 };
    const version = this.#state.versions.size === 0 ? 1 : this.#latest() + 1;
    this.#state.versions.set(version, content);
    if (isDefault) this.#state.standard = version;
  }

  remove(): void {
    this.#state = undefined;
  }

  /** The answer to a command. */
  answer(command: object): object {
    if (command instanceof ssm.CreateDocumentCommand) return this.#create(command.input);
    if (command instanceof ssm.UpdateDocumentCommand) return this.#update(command.input);
    if (command instanceof ssm.UpdateDocumentDefaultVersionCommand) return this.#select(command.input);
    if (command instanceof ssm.GetDocumentCommand) return this.#get(command.input);
    if (command instanceof ssm.DescribeDocumentCommand) return this.#describe(command.input);
    if (command instanceof ssm.DeleteDocumentCommand) {
      this.#existing(command.input.Name);
      this.remove();
      return {};
    }
    throw new Error(`the mock has no ${command.constructor.name}`);
  }

  #latest(): number {
    return Math.max(...(this.#state?.versions.keys() ?? []));
  }

  #existing(Name: string | undefined): State {
    expect(Name).toBe(this.name);
    if (this.#state === undefined) throw failure('InvalidDocument');
    return this.#state;
  }

  #create({ Name, Content = '', DocumentType }: ssm.CreateDocumentCommandInput): Partial<ssm.CreateDocumentCommandOutput> {
    expect([Name, DocumentType]).toEqual([this.name, 'Session']);
    if (this.#state !== undefined) throw failure('DocumentAlreadyExists');
    JSON.parse(Content);
    this.#state = { versions: new Map([[1, Content]]), standard: 1, pending: this.looks };
    return { DocumentDescription: { Name, LatestVersion: '1', DefaultVersion: '1', Status: 'Creating' } };
  }

  #update({ Name, Content = '', DocumentVersion }: ssm.UpdateDocumentCommandInput): Partial<ssm.UpdateDocumentCommandOutput> {
    const state = this.#existing(Name);
    if (DocumentVersion !== '$LATEST') throw failure('InvalidDocumentVersion');
    const taken = this.duplicates === 'of any version' ? [...state.versions.values()] : [state.versions.get(this.#latest())];
    if (taken.includes(Content)) throw failure('DuplicateDocumentContent');
    JSON.parse(Content);
    state.versions.set(this.#latest() + 1, Content);
    state.pending = this.looks;
    return { DocumentDescription: { Name, DocumentVersion: String(this.#latest()), Status: 'Updating' } };
  }

  #select({ Name, DocumentVersion }: ssm.UpdateDocumentDefaultVersionCommandInput): Partial<ssm.UpdateDocumentDefaultVersionCommandOutput> {
    const state = this.#existing(Name);
    if (state.pending > 0) throw failure('InvalidDocumentOperation');
    if (!state.versions.has(Number(DocumentVersion))) throw failure('InvalidDocumentVersion');
    state.standard = Number(DocumentVersion);
    return {};
  }

  #get({ Name, DocumentVersion }: ssm.GetDocumentCommandInput): Partial<ssm.GetDocumentCommandOutput> {
    const Content = this.#existing(Name).versions.get(Number(DocumentVersion));
    if (Content === undefined) throw failure('InvalidDocumentVersion');
    return { Name, Content, DocumentVersion, DocumentFormat: 'JSON', DocumentType: 'Session' };
  }

  #describe({ Name }: ssm.DescribeDocumentCommandInput): Partial<ssm.DescribeDocumentCommandOutput> {
    const state = this.#existing(Name);
    const Status = state.pending > 0 ? 'Updating' : 'Active';
    state.pending = Math.max(0, state.pending - 1);
    return { Document: { Name, DefaultVersion: String(state.standard), LatestVersion: String(this.#latest()), Status } };
  }
}
