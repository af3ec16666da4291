"""GIFT to copy from, for each kind of question that it can hold."""

from lms.quizzes.kinds import Kind

EXAMPLES = {
    Kind.single: """\
::capital:: Which city is the capital? {
\t=Phnom Penh # Yes.
\t~Battambang # That is the second largest.
\t~Kampot
}""",
    Kind.multiple: """\
::rivers:: Which are rivers? {
\t~%50%Mekong
\t~%50%Bassac
\t~%-50%Bokor
}""",
    Kind.true_false: "::lake:: The Tonle Sap is a lake. {TRUE}",
    Kind.short_answer: """\
::temple:: Which temple is on the flag? {
\t=Angkor Wat
\t=%50%Angkor*
}""",
    Kind.numerical: """\
::provinces:: How many provinces are there? {#25:0}

::height:: How high is it, in metres? {#60..65}""",
    Kind.matching: """\
::offices:: Who does what? {
\t=Commune council -> decides
\t=Clerk -> keeps the records
}""",
    Kind.essay: "::letter:: Write a letter to the mayor. {}",
}
SIGNS = "~=#{}:\\"
"""Those that GIFT reads as its own."""
