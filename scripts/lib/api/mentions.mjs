import { ReflectionKind } from "typedoc";

/** The documented types that a member's own type consists of. */
export function mentions(context, member) {
  const found = new Set();
  const visit = (type) => type?.visit?.(visitor);
  const visitAll = (types) => types?.forEach(visit);
  const visitSignature = ({ parameters, typeParameters, type }) => {
    visitAll(parameters?.map((parameter) => parameter.type));
    visitAll(typeParameters?.map((parameter) => parameter.type));
    visit(type);
  };
  const visitor = {
    reference({ reflection, typeArguments }) {
      if (reflection && context.router.hasUrl(reflection) && isTopLevel(reflection)) found.add(reflection);
      visitAll(typeArguments);
    },
    array: ({ elementType }) => visit(elementType),
    union: ({ types }) => visitAll(types),
    intersection: ({ types }) => visitAll(types),
    optional: ({ elementType }) => visit(elementType),
    typeOperator: ({ target }) => visit(target),
    reflection({ declaration }) {
      declaration.signatures?.forEach(visitSignature);
      visitAll(declaration.children?.map(({ type }) => type));
    },
  };
  if (member.signatures) member.signatures.forEach(visitSignature);
  else visit(member.type ?? member.getSignature?.type);
  found.delete(member.parent);
  found.delete(member);
  return found;
}

const isTopLevel = ({ parent }) => parent?.kindOf(ReflectionKind.Module) ?? false;
