"""First names by sex: enough to tell Edwin from Edith.

Design choices
- Common English, German, French, Spanish, Italian, Nordic, Slavic, Indian and African names, and those of the
  English novel. A name used for both (Alex, Robin) is in neither list.
- An unknown name in -a is taken for a woman's, as it is in most of those languages; any other is unknown.
"""

from __future__ import annotations

from typing import Literal

__all__ = ["FEMALE", "MALE", "Sex", "sex_of_name"]

Sex = Literal["female", "male", ""]

FEMALE = frozenset(
    """abigail ada adelaide adele agatha agnes alexandra alice alison amanda amara amelia amy angela anita
    ann anna annabel anne annie antonia astrid audrey augusta barbara beatrice becky belinda bella bertha
    bess beth betsy betty birgit bridget camille carla carmen carol caroline catherine cathy cecilia celia
    charlotte chloe christina christine clara clarissa claire clementine connie constance cora cordelia
    cynthia daisy daphne deborah diana dinah dolly dora doris dorothea dorothy edith edna effie eileen
    elaine eleanor elena eliza elizabeth ella ellen elsa elsie emily emma erica estella esther ethel eugenia
    eunice eva eve evelyn fanny fatima fern fiona flora florence frances freda gemma georgia georgiana
    gertrude gillian gladys grace greta gretchen gwen gwendolen hannah harriet hattie hazel heather helen
    helena henrietta hester hilda holly honoria ida imogen ines ingrid irene iris isabel isabella isla ivy
    jane janet jean jemima jennifer jenny jessica jill joan joanna josephine joy joyce judith julia julie
    juliet june karen kate katherine kathleen kathy kitty laura lavinia leah lena leonora leticia lila
    lilian lily linda liz lizzie lois lola lottie louisa louise lucia lucinda lucy lydia mabel madeleine
    maggie maisie malala marcia margaret margery maria marian marianne marie marion marjorie martha mary
    matilda maud maude maureen may meg melissa mercy michelle mildred millie minerva minnie miranda miriam
    mirela mollie molly monica muriel myra myrtle nadia nancy naomi natalie nell nellie nelly nettie nicola
    nina nora norma olga olive olivia opal ophelia pamela patience patricia paula pauline pearl peggy
    penelope petunia phoebe phyllis polly portia priscilla priya prudence rachel rebecca rosa rosalind rose
    rosemary rosie ruby ruth sabine sally samantha sara sarah selina shirley sibyl sigrid silvia sonia
    sophia sophie stella stephanie susan susanna susie sylvia tabitha teresa tess tessa thelma theresa tilly
    tina tilda una ursula valerie vanessa vera verity veronica victoria vida viola violet virginia vivian
    wanda wendy wilhelmina winifred yvonne zara zoe""".split()
)
MALE = frozenset(
    """aaron abel abraham adam adrian ahmed alan albert alec alexander alfred algernon ali allan ambrose
    amos andrew angus anthony antonio archibald archie arnold arthur august austin barnaby barney
    bartholomew basil ben benedict benjamin bernard bertie bertram bill billy bob bobby boris brian bruce
    bruno carl carlos cecil cedric charles charley charlie christopher clarence claude clive colin cornelius
    cyril cyrus daniel darcy dave david dennis derek diego dick dmitri donald dorian douglas duncan ebenezer
    ed eddie edgar edmund edward edwin eli elijah elmer emil enoch eric ernest eugene evan ezra felix
    ferdinand fergus fitzwilliam floyd francis frank franz fred freddy frederick friedrich fritz fyodor
    gabriel gareth gary gavin geoffrey george gerald gerard gideon gilbert giles godfrey gordon graham
    gregory gregor guy hal hamish hans harold harry harvey hector heinrich henrik henry herbert herman hiram
    homer horace horatio howard hubert huck huckleberry hugh hugo humphrey ian ibrahim igor isaac ivan ivor
    jabez jack jacob jake james jamie jasper jeff jeffrey jem jeremiah jeremy jerome jerry jim jimmy joe
    joel johann john johnny jonah jonas jonathan jorge jose joseph joshua juan julian julius karl keith ken
    kenneth kevin klaus konrad lars laurence lawrence leo leon leonard leopold lester lewis liam lionel
    louis lucas luke luther magnus malcolm marcel marcus mario mark martin marvin matt matthew maurice max
    michael miguel mike miles mohammed mordecai moses muhammad murray nathan nathaniel ned neil neville
    nicholas nick nigel noah noel norman obadiah oliver omar orlando oscar oswald otto owen patrick paul
    pavel pedro percival percy perry peter phil philip phileas phineas pip quentin rafael ralph ramon
    raymond reginald reuben rex richard rob robert roderick rodney roger roland rolf ronald rory ross rudolf
    rufus rupert russell sam samson samuel saul scott sean sebastian septimus seth sherlock sid sidney silas
    simon solomon stanley stefan stephen steve steven stuart sven sydney tarzan ted terence theodore thomas
    tim timothy tobias toby todd tom tommy tony ulysses umar uriah vernon victor vikram vincent vladimir
    waldo wallace walter warren watson wilbur wilfred wilhelm will william willie winston wolfgang woodrow
    xavier zachary""".split()
)


def sex_of_name(name: str) -> Sex:
    """The sex a first name tells, or ""."""
    low = name.lower().strip(".'’")
    if low in FEMALE:
        return "female"
    if low in MALE:
        return "male"
    return (
        "female"
        if low.endswith("a") and len(low) > 3 and low not in ("luca", "nikita", "joshua", "ezra")
        else ""
    )
