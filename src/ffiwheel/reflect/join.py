"""Give what reflection found the names, defaults and documentation that the source tells.

Reflection is the truth on types and arity; the source is a witness for names. A name is taken where
exactly one way to declare the function fits: as many parameters as reflection counts and, among
several, the types that agree best. Where none fits, the parameters stay without names, and a
finding says where the source was read.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from ffiwheel.model.api import Function
from ffiwheel.model.finding import Finding, Severity
from ffiwheel.reflect.source.mention import CONSTRUCTOR
from ffiwheel.reflect.spelling import agreement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ffiwheel.model.api import (
        Api,
        Class,
        Constructor,
        Field,
        Library,
        Parameter,
        Signature,
    )
    from ffiwheel.reflect.source.mention import Mention, SourceParameter

Key: TypeAlias = "tuple[str, str]"
"""The type key of a class, empty outside of one, and a name."""

_Function = TypeVar("_Function", bound=Function)
_RULE = "API008 names-unknown"


def join_source(api: Api, mentions: Iterable[Mention]) -> tuple[Api, tuple[Finding, ...]]:
    """Return `api` with what the source says of it, and where the two disagree."""
    witness = Witness(mentions)
    joined = replace(
        api,
        libraries=tuple(witness.join_library(library) for library in api.libraries),
        functions=tuple(witness.join_function(one, "") for one in api.functions),
        classes=tuple(witness.join_class(one) for one in api.classes),
    )
    return joined, tuple(witness.findings)


class Witness:
    """The mentions by what they speak of, and the disagreements seen so far."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        """Sort the mentions."""
        self.findings: list[Finding] = []
        self._mentions: Mapping[Key, list[Mention]] = defaultdict(list)
        self._symbols: Mapping[Key, list[Mention]] = defaultdict(list)
        for mention in mentions:
            place = self._symbols if mention.kind == "symbol" else self._mentions
            place[mention.owner, mention.name].append(mention)

    def join_library(self, library: Library) -> Library:
        """Return a library whose C symbols have names."""
        symbols = tuple(
            self._join(one, self._symbols.get(("", one.name), ())) for one in library.symbols
        )
        return replace(library, symbols=symbols)

    def join_function(self, function: _Function, owner: str) -> _Function:
        """Return a global function, or a method of the class `owner`, with names."""
        return self._join(function, self._mentions.get((owner, function.name), ()))

    def join_class(self, one: Class) -> Class:
        """Return a class with the names of its methods and of its constructor's parameters."""
        mentions = self._mentions.get(("", one.type_key), ())
        names = [of.name for of in one.members] + [of.name for of in one.constants]
        entries = {name: self._mentions.get((one.type_key, name), ()) for name in names}
        return replace(
            one,
            doc=one.doc or _first_doc(mentions),
            where=_first_place(mentions),
            fields=tuple(self._join_field(field, one.type_key) for field in one.fields),
            methods=tuple(self.join_function(method, one.type_key) for method in one.methods),
            constructor=self._join_constructor(one.constructor, one.type_key),
            members=tuple(
                replace(member, doc=_first_doc(entries[member.name])) for member in one.members
            ),
            constants=tuple(
                replace(constant, doc=_first_doc(entries[constant.name]))
                for constant in one.constants
            ),
        )

    def _join_field(self, field: Field, owner: str) -> Field:
        return replace(
            field, doc=field.doc or _first_doc(self._mentions.get((owner, field.name), ()))
        )

    def _join_constructor(self, constructor: Constructor | None, owner: str) -> Constructor | None:
        if constructor is None or constructor.is_generated:
            return constructor
        mentions = self._mentions.get((owner, CONSTRUCTOR), ())
        signatures = self._name_all(constructor.signatures, mentions, owner)
        return replace(
            constructor,
            signatures=signatures,
            doc=constructor.doc or _doc_of(signatures, mentions),
        )

    def _join(self, function: _Function, mentions: Sequence[Mention]) -> _Function:
        signatures = self._name_all(function.signatures, mentions, function.name)
        return replace(
            function,
            signatures=signatures,
            doc=function.doc or _doc_of(signatures, mentions),
            where=_first_place(mentions),
        )

    def _name_all(
        self, signatures: tuple[Signature, ...], mentions: Sequence[Mention], name: str
    ) -> tuple[Signature, ...]:
        return tuple(self._name(signature, mentions, name) for signature in signatures)

    def _name(self, signature: Signature, mentions: Sequence[Mention], name: str) -> Signature:
        """Return a signature with the names of the one mention that fits it."""
        taken = signature.parameters
        told = [mention for mention in mentions if mention.parameters is not None]
        if not taken or not told or any(parameter.name for parameter in taken):
            return signature
        fitting = pick_fitting(taken, [mention.parameters or () for mention in told])
        if fitting is None:
            self.findings.append(_disagreement(name, len(taken), told))
            return signature
        return replace(
            signature,
            parameters=tuple(
                replace(one, name=said.name, default=said.default)
                for one, said in zip(taken, fitting, strict=True)
            ),
        )


def pick_fitting(
    taken: Sequence[Parameter], told: Iterable[Sequence[SourceParameter]]
) -> Sequence[SourceParameter] | None:
    """Return the one declaration that fits what reflection found, or None if none or several do.

    Declarations with the same names do not contradict each other.
    """
    fitting = [given for given in told if len(given) == len(taken)]
    scores = [
        sum(agreement(one.type, said.type) for one, said in zip(taken, given, strict=True))
        for given in fitting
    ]
    best = [given for given, score in zip(fitting, scores, strict=True) if score == max(scores)]
    spelt = {tuple((one.name, one.default) for one in given) for given in best}
    return best[0] if len(spelt) == 1 else None


def _first_doc(mentions: Iterable[Mention]) -> str:
    return next((mention.doc for mention in mentions if mention.doc), "")


def _doc_of(signatures: Sequence[Signature], mentions: Iterable[Mention]) -> str:
    """Return the documentation of a function; of overloads, what is said of any of them."""
    if len(signatures) == 1:
        return _first_doc(mentions)
    return "\n\n".join(dict.fromkeys(mention.doc for mention in mentions if mention.doc))


def _first_place(mentions: Iterable[Mention]) -> str:
    return next((mention.where for mention in mentions), "")


def _disagreement(name: str, count: int, told: Sequence[Mention]) -> Finding:
    counts = sorted({len(mention.parameters or ()) for mention in told})
    said = " or ".join(map(str, counts))
    detail = (
        f"several declarations with {count} parameters fit"
        if counts == [count]
        else f"the library says {count} parameters, the source {said}"
    )
    return Finding(
        rule=_RULE,
        severity=Severity.WARNING,
        subject=told[0].where,
        message=f"the parameters of `{name}` get no names: {detail}",
        help='state them: `refl::Metadata{{"args", "x, y"}}`',
    )
